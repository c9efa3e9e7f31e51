/** Tenants as Durable Objects, one for each, named by the tenant's key. */
import type { TenantRpc, Tenants } from "../ports/tenant-directory.ts";

export function createObjectTenants(namespace: Cloudflare.Env["TENANT"]): Tenants {
  return {
    // The stub's own type wraps every value in RPC helpers; what crosses here is plain data by contract.
    find: (tenant) => namespace.get(namespace.idFromName(tenant)) as unknown as TenantRpc,
  };
}
