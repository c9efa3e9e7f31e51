/**
 * What only the operator needs: which tenant to look at, and a session by the id that a reply has named.
 *
 * No list of tenants is kept anywhere, so a key has to come from a session's own page.
 */
import { Empty } from "./parts.tsx";

export const OperatorBox = ({ action, shown }: { action: string; shown: string | null }) => (
  <>
    <div class="grid">
      <form class="row" method="get" action={action}>
        <div class="grow">
          <label for="tenant">Tenant key</label>
          <input id="tenant" name="tenant" value={shown ?? ""} class="code" spellcheck={false} autocomplete="off" />
        </div>
        <button>Show</button>
      </form>
      <form class="row" method="get" action="/_strata/ui/open">
        <div class="grow">
          <label for="session">Session id, as in x-strata-session</label>
          <input id="session" name="session" class="code" spellcheck={false} autocomplete="off" required />
        </div>
        {shown === null ? null : <input type="hidden" name="tenant" value={shown} />}
        <button>Open</button>
      </form>
    </div>
    {shown === null ? (
      <Empty>
        As the operator you see one tenant at a time. Its key is <code>tenant.key</code> of any of its sessions, whose
        ids stand in the replies.
      </Empty>
    ) : null}
  </>
);
