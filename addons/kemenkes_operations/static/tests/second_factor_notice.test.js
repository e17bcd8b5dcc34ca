import { expect, test } from "@odoo/hoot";
import { click } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { mockService, mountWithCleanup, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { session } from "@web/session";
import { WebClient } from "@web/webclient/webclient";

defineMailModels();

const NOTICE = ".o_notification:contains(Accounts open with a password alone)";

test("administrators are told, and led to where it is mended", async () => {
    patchWithCleanup(session, { helpdesk_second_factor_unsent: true });
    mockService("action", { doAction: (action) => expect.step(action) });
    await mountWithCleanup(WebClient);
    await animationFrame();
    expect(NOTICE).toHaveCount(1);
    await click(`${NOTICE} button.btn-primary`);
    await animationFrame();
    expect.verifySteps(["base.action_ir_mail_server_list"]);
    expect(NOTICE).toHaveCount(0);
});

test("nobody is told where codes can be sent", async () => {
    await mountWithCleanup(WebClient);
    await animationFrame();
    expect(".o_notification").toHaveCount(0);
});
