declare namespace Cloudflare {
  interface Env {
    SESSION: DurableObjectNamespace;
    REPLY_INDEX: DurableObjectNamespace;
    USER_MEMORY: DurableObjectNamespace;
    TENANT: DurableObjectNamespace;
    UPSTREAM_OPENAI_URL?: string;
    UPSTREAM_ANTHROPIC_URL?: string;
    UPSTREAMS?: string;
    UPSTREAM_STATE?: string;
    STRATA_SECRET?: string;
    STRATA_ADMIN_TOKEN?: string;
    STRATA_MODE?: string;
    STRATA_PRICES?: string;
    STRATA_POLICY?: string;
    STRATA_MEMORY?: string;
    STRATA_MEMORY_TOKENS?: string;
    STRATA_LOG?: string;
    STRATA_TEST_CLOCK?: string;
    DISTILLER?: string;
    DISTILLER_URL?: string;
    DISTILLER_KEY?: string;
    DISTILLER_MODEL?: string;
    DISTILLER_TIMEOUT_SECONDS?: string;
    /** Workers AI; in the production environment only. */
    AI?: Ai;
    /** Workers Analytics Engine; in the production environment only. */
    METRICS?: AnalyticsEngineDataset;
  }
  interface GlobalProps {
    mainModule: typeof import("./index.ts");
    durableNamespaces: "SessionObject" | "ReplyIndexObject" | "UserMemoryObject" | "TenantObject";
  }
}
interface Env extends Cloudflare.Env {}
