import { expect, test } from "@odoo/hoot";
import { secondFactorNotice } from "@kemenkes_operations/second_factor/second_factor_notice";
import { makeMockEnv, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { session } from "@web/session";

function start() {
    const shown = [];
    const notification = {
        add: (text, options) => {
            shown.push(options);
            return () => expect.step("closed");
        },
    };
    const action = { doAction: (name) => expect.step(name) };
    secondFactorNotice.start({}, { action, notification });
    return shown;
}

test("administrators are told, and led to where it is mended", async () => {
    await makeMockEnv();
    patchWithCleanup(session, { helpdesk_second_factor_unsent: true });
    const [notice] = start();
    expect(notice.sticky).toBe(true);
    notice.buttons[0].onClick();
    expect.verifySteps(["closed", "base.action_ir_mail_server_list"]);
});

test("nobody is told where codes can be sent", async () => {
    await makeMockEnv();
    expect(start()).toHaveLength(0);
});
