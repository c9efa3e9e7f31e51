/** The operator's choice of a tenant, which goes along from page to page in the URL; owners need none. */
import type { Inspection } from "../inspection.ts";

export function tenantQuery({ tenant, shown }: Pick<Inspection, "tenant" | "shown">): string {
  return tenant === null && shown !== null ? `?tenant=${shown}` : "";
}
