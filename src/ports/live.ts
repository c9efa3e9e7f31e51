/**
 * What is new in a session or at a tenant since a place that the asker names.
 *
 * Places are the asker's to keep: the objects remember nobody, so whoever comes back with the place they had is told
 * what happened meanwhile. No word of a conversation is in any of it. Types only.
 */
import type { BriefOutline, EpochView } from "./inspection.ts";
import type { EntryView } from "./tenant-directory.ts";
import type { TurnSummary } from "./turn-view.ts";

/** How far a session has been followed. */
export interface SessionPlace {
  /** Number of its newest turn. */
  turn: number;
  /** Attempts at turns that were tried more than once. */
  attempts: number;
  /** Ids of its newest brief and epoch. */
  brief: number;
  epoch: number;
}

export interface TurnNote extends Omit<TurnSummary, "recalled"> {
  recalled: { tokens: number; nodes: number[]; depth: number } | null;
}

export interface SessionNews {
  place: SessionPlace;
  /** In the order of their numbers. One that was tried again comes again. */
  turns: TurnNote[];
  briefs: BriefOutline[];
  epochs: EpochView[];
}

/** How far a tenant's sessions have been followed. */
export interface TenantPlace {
  /** When the object that counted the reports was started. */
  startedAt: number;
  reports: number;
  /** Time of the newest turn then; 0 before the first. */
  updatedAt: number;
}

export interface TenantNews {
  place: TenantPlace;
  /** Sessions that have reported, each as it stands now. */
  sessions: EntryView[];
  /** Whether the tenant has ever had a session. */
  isKnown: boolean;
}
