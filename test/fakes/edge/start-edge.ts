/**
 * Starts the real Worker in workerd on a port of this machine, for tests, benches and the demo.
 *
 * The bundle is wrangler's own and so is the configuration; only variables and the place of the stored state are
 * given from outside. Nothing in here may differ from a deployment but that.
 */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import type { V4ModuleDefinition } from "miniflare";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const COMPATIBILITY = { compatibilityDate: "2026-10-23", compatibilityFlags: ["enable_request_signal"] };

/** The Worker with a stand-in for a dataset of Analytics Engine, of which nothing could be read here. */
const WITH_METRICS = `import worker, * as bundle from "./index.js";
const METRICS = { writeDataPoint: (point) => console.log(JSON.stringify({ point })) };
export class SessionObject extends bundle.SessionObject {
  constructor(ctx, env) {
    super(ctx, { ...env, METRICS });
  }
}
export const { ReplyIndexObject, UserMemoryObject, TenantObject } = bundle;
export default { fetch: (request, env, context) => worker.fetch(request, { ...env, METRICS }, context) };`;

export interface EdgeOptions {
  upstreamUrl: string;
  /** Further variables of wrangler.toml's [vars] kind. */
  vars?: Record<string, string>;
  /** Folder for the objects' SQLite files; a folder of its own in memory when absent. */
  persistTo?: string;
  port?: number;
  /** Binds METRICS to a stand-in that logs each data point as a line `{"point":…}`. */
  hasMetrics?: boolean;
  /** Takes every line that the Worker logs; without it they go to this process's console. */
  onLog?: (line: string) => void;
}

export interface RunningEdge {
  url: string;
  close(): Promise<void>;
}

export async function startEdge({
  upstreamUrl,
  vars = {},
  persistTo,
  port = 0,
  hasMetrics = false,
  onLog,
}: EdgeOptions): Promise<RunningEdge> {
  const bundle = await buildWorker();
  const options = convertV4MiniflareOptions({
    cf: false,
    name: "strata",
    ...(hasMetrics ? { modules: await wrapBundle(bundle) } : { modules: true, scriptPath: bundle }),
    ...COMPATIBILITY,
    durableObjects: {
      SESSION: { className: "SessionObject", useSQLite: true },
      REPLY_INDEX: { className: "ReplyIndexObject", useSQLite: true },
      USER_MEMORY: { className: "UserMemoryObject", useSQLite: true },
      TENANT: { className: "TenantObject", useSQLite: true },
    },
    bindings: { UPSTREAM_OPENAI_URL: upstreamUrl, UPSTREAM_ANTHROPIC_URL: upstreamUrl, ...vars },
    host: "127.0.0.1",
    port,
    ...(onLog ? { handleStructuredLogs: ({ message }: { message: string }) => onLog(message) } : {}),
  });
  const miniflare = new Miniflare({ ...options, ...(persistTo ? { resourcePersistencePath: persistTo } : {}) });
  const url = await miniflare.ready;
  return { url: url.origin, close: () => miniflare.dispose() };
}

async function wrapBundle(bundle: string): Promise<V4ModuleDefinition[]> {
  const entry = { type: "ESModule", path: join(dirname(bundle), "metrics.js"), contents: WITH_METRICS } as const;
  return [entry, { type: "ESModule", path: bundle, contents: await readFile(bundle) }];
}

/** The same pass-through that a bare Worker would be, for comparison. */
export async function startBareWorker(upstreamUrl: string): Promise<RunningEdge> {
  const script = `export default { fetch(request, env) {
    const url = new URL(request.url);
    return fetch(env.UPSTREAM + url.pathname + url.search, request);
  } };`;
  const options = convertV4MiniflareOptions({
    cf: false,
    name: "bare",
    modules: true,
    script,
    ...COMPATIBILITY,
    bindings: { UPSTREAM: upstreamUrl },
    host: "127.0.0.1",
    port: 0,
  });
  const miniflare = new Miniflare(options);
  const url = await miniflare.ready;
  return { url: url.origin, close: () => miniflare.dispose() };
}

/**
 * Bundles the Worker as `npm run build` does, unless the bundle is newer than every source. Answers its path.
 *
 * Test files run side by side, so the bundle appears in one step, dated when its sources were read.
 */
async function buildWorker(): Promise<string> {
  const bundle = join(ROOT, "dist/index.js");
  if (await isFresh(bundle)) return bundle;
  const startedAt = new Date();
  await mkdir(join(ROOT, "dist"), { recursive: true });
  const folder = await mkdtemp(join(ROOT, "dist/build-"));
  try {
    const wrangler = join(ROOT, "node_modules/wrangler/bin/wrangler.js");
    const env = { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true" };
    await promisify(execFile)(process.execPath, [wrangler, "deploy", "--dry-run", "--outdir", folder], {
      cwd: ROOT,
      env,
    });
    const built = join(folder, "index.js");
    await utimes(built, startedAt, startedAt);
    await rename(built, bundle);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return bundle;
}

async function isFresh(bundle: string): Promise<boolean> {
  const built = await stat(bundle).catch(() => null);
  if (!built) return false;
  const sources = await readdir(join(ROOT, "src"), { recursive: true, withFileTypes: true });
  const inputs = sources.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  inputs.push(join(ROOT, "wrangler.toml"), join(ROOT, "package-lock.json"));
  const times = await Promise.all(inputs.map(async (path) => (await stat(path)).mtimeMs));
  return Math.max(...times) < built.mtimeMs;
}
