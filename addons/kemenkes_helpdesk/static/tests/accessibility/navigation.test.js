import { expect, test } from "@odoo/hoot";
import { click, hover } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { Component, xml } from "@odoo/owl";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { mountWithCleanup } from "@web/../tests/web_test_helpers";

defineMailModels();

class Menu extends Component {
    static components = { Dropdown, DropdownItem };
    static props = [];
    static template = xml`
        <Dropdown>
            <button type="button">More</button>
            <t t-set-slot="content"><DropdownItem>Escalate</DropdownItem></t>
        </Dropdown>`;
}

test("entries of menus are not said to be selected, whatever the pointer does", async () => {
    await mountWithCleanup(Menu);
    await click("button");
    await animationFrame();
    expect(".o-dropdown-item[role=menuitem]").not.toHaveAttribute("aria-selected");
    await hover(".o-dropdown-item");
    await animationFrame();
    expect(".o-dropdown-item").toHaveClass("focus");
    expect(".o-dropdown-item").not.toHaveAttribute("aria-selected");
});
