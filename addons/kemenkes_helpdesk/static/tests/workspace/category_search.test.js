import { describe, expect, test } from "@odoo/hoot";

import { searchCategories } from "@kemenkes_helpdesk/workspace/panels/category_search";

describe.current.tags("headless");

const CATEGORIES = [
    { id: 1, path: ["Akun"], product_ids: [] },
    { id: 2, path: ["Akun", "Tidak bisa masuk"], product_ids: [] },
    { id: 3, path: ["Akun", "Tidak bisa masuk", "Kode OTP"], product_ids: [7] },
    { id: 4, path: ["Imunisasi", "Kode vaksin"], product_ids: [8] },
    { id: 5, path: ["Akun", "Kodé lama"], product_ids: [] },
];

function found(typed, productId = false) {
    return searchCategories(CATEGORIES, typed, productId).map(({ id }) => id);
}

test("every word is looked for in the whole path, whatever its case and accents", () => {
    expect(found("masuk otp")).toEqual([3]);
    expect(found("OTP / masuk")).toEqual([3]);
    expect(found("kode")).toEqual([5, 4, 3]);
    expect(found("xyz")).toEqual([]);
});

test("the name itself counts before what leads to it, short paths before long ones", () => {
    expect(found("akun")).toEqual([1, 5, 2, 3]);
    expect(found("masuk")).toEqual([2, 3]);
});

test("nothing typed shows the tree; categories of other products are left out", () => {
    expect(found("")).toEqual([1, 5, 2, 3, 4]);
    expect(found("kode", 7)).toEqual([5, 3]);
});
