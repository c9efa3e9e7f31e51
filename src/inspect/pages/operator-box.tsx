/** What only the operator needs: which tenant to look at, and a session by the id that a reply has named. */
export const OperatorBox = ({ action, tenant }: { action: string; tenant: string }) => (
  <div class="grid">
    <form class="row" method="get" action={action}>
      <div class="grow">
        <label for="tenant">Tenant key</label>
        <input id="tenant" name="tenant" value={tenant} class="code" spellcheck={false} autocomplete="off" />
      </div>
      <button>Show</button>
    </form>
    <form class="row" method="get" action="/_strata/ui/open">
      <div class="grow">
        <label for="session">Session id, as in x-strata-session</label>
        <input id="session" name="session" class="code" spellcheck={false} autocomplete="off" required />
      </div>
      {tenant === "" ? null : <input type="hidden" name="tenant" value={tenant} />}
      <button>Open</button>
    </form>
  </div>
);
