/**
 * The composition root: binds ports to adapters and exports what the platform runs.
 *
 * The only file that may import everything; it holds no logic of its own.
 */
import { chooseWriter } from "./adapters/choose-writer.ts";
import { fetchUpstream } from "./adapters/fetch-upstream.ts";
import { gptTokenCounter } from "./adapters/gpt-token-counter.ts";
import { createJournal } from "./adapters/journal.ts";
import { createObjectReplyIndex } from "./adapters/object-reply-index.ts";
import { createObjectDirectory, openObjectSql } from "./adapters/object-sessions.ts";
import { createObjectTenants } from "./adapters/object-tenants.ts";
import { createPriceBook } from "./adapters/price-table.ts";
import { createObjectUserMemories } from "./adapters/object-user-memory.ts";
import { systemClock, systemEntropy } from "./adapters/system.ts";
import { createTimedBell } from "./adapters/timed-bell.ts";
import { wireMessageReader } from "./adapters/wire-message-reader.ts";
import { createExtractiveDistiller } from "./distil/extract-brief.ts";
import { shortenMessage } from "./distil/tools/shorten-message.ts";
import { createApp } from "./edge/app.ts";
import { readConfig, readLogLevel } from "./env.ts";
import { choosePolicy } from "./session/choose-policy.ts";
import { pushesBlock } from "./model/recall-call.ts";
import { defineSessionObject } from "./session/session-object.ts";
import { defineReplyIndexObject } from "./tenant/reply-index-object.ts";
import { defineTenantObject } from "./tenant/tenant-object.ts";
import { defineUserMemoryObject } from "./tenant/user-memory-object.ts";

export class SessionObject extends defineSessionObject((env) => {
  const config = readConfig(env);
  return {
    clock: systemClock,
    counter: gptTokenCounter,
    reader: wireMessageReader,
    distiller: createExtractiveDistiller(),
    writer: chooseWriter(config.ok ? config.value.distiller : null, env.AI ?? null),
    keepTools: config.ok ? config.value.keepTools : new Set<string>(),
    prices: createPriceBook(config.ok ? config.value.prices : {}),
    policy: choosePolicy(config.ok ? config.value.policy : {}, config.ok && pushesBlock(config.value.recall)),
    memories: createObjectUserMemories(env.USER_MEMORY),
    tenants: createObjectTenants(env.TENANT),
    journal: createJournal(readLogLevel(env), env.METRICS ?? null),
    keepsContent: config.ok && config.value.keepsContent,
    retain: config.ok ? config.value.retain : { sessionsMs: null, recordingsMs: null },
    openSql: openObjectSql,
    createBell: createTimedBell,
  };
}) {}

export class ReplyIndexObject extends defineReplyIndexObject({ clock: systemClock, openSql: openObjectSql }) {}

export class UserMemoryObject extends defineUserMemoryObject((env) => {
  const config = readConfig(env);
  return {
    clock: systemClock,
    journal: createJournal(readLogLevel(env), env.METRICS ?? null),
    retainMs: config.ok ? config.value.retain.factsMs : null,
    openSql: openObjectSql,
  };
}) {}

export class TenantObject extends defineTenantObject((env) => ({
  clock: systemClock,
  sessions: createObjectDirectory(env.SESSION),
  journal: createJournal(readLogLevel(env), env.METRICS ?? null),
  openSql: openObjectSql,
  createBell: createTimedBell,
})) {}

export default createApp((env) => ({
  clock: systemClock,
  entropy: systemEntropy,
  journal: createJournal(readLogLevel(env), env.METRICS ?? null),
  sessions: createObjectDirectory(env.SESSION),
  replies: createObjectReplyIndex(env.REPLY_INDEX),
  memories: createObjectUserMemories(env.USER_MEMORY),
  tenants: createObjectTenants(env.TENANT),
  upstream: fetchUpstream,
  shorten: shortenMessage,
}));
