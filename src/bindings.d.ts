declare namespace Cloudflare {
  interface Env {
    SESSION: DurableObjectNamespace;
    UPSTREAM_OPENAI_URL?: string;
    UPSTREAMS?: string;
    STRATA_SECRET?: string;
    STRATA_ADMIN_TOKEN?: string;
    STRATA_MODE?: string;
    STRATA_PRICES?: string;
    STRATA_POLICY?: string;
    STRATA_TEST_CLOCK?: string;
  }
  interface GlobalProps {
    mainModule: typeof import("./index.ts");
    durableNamespaces: "SessionObject";
  }
}
interface Env extends Cloudflare.Env {}
