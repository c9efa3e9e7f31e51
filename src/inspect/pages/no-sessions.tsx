/** What stands where a tenant has nothing to show: how to begin, or that a key has been mistyped. */
import { Empty } from "./parts.tsx";

export const NewcomerPart = ({ origin }: { origin: string }) => (
  <Empty>
    No session belongs to this key yet. Point an app’s base URL at <code>{`${origin}/v1`}</code> with the same key, and
    its first turn appears here. An app that sends its key under another header is another tenant.
  </Empty>
);

export const UnknownTenantPart = () => <Empty>There is no tenant with this key.</Empty>;
