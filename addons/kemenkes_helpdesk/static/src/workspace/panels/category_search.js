import { normalize } from "@web/core/l10n/utils/normalize";

export const MOST_SHOWN = 50;

/**
 * The categories whose path holds every word that was typed, as the beginning or the middle of a word. Those whose own
 * name begins with the last word come first, then short paths, then by the alphabet.
 *
 * @param {Object[]} categories `{id, path: [names], product_ids}`
 * @param {string} typed such as "masuk otp"
 * @param {number|false} productId categories of other products are left out
 */
export function searchCategories(categories, typed, productId) {
    const words = normalize(typed)
        .split(/[\s/]+/)
        .filter(Boolean);
    const last = words.at(-1) || "";
    return categories
        .filter(({ product_ids: ids }) => !ids.length || !productId || ids.includes(productId))
        .map((category) => ({ category, text: normalize(category.path.join(" / ")) }))
        .filter(({ text }) => words.every((word) => text.includes(word)))
        .map(({ category, text }) => ({ category, text, rank: rank(category, last) }))
        .sort((one, other) => one.rank - other.rank || one.text.localeCompare(other.text))
        .slice(0, MOST_SHOWN)
        .map(({ category }) => category);
}

function rank({ path }, last) {
    if (!last) {
        return 0; // as a tree
    }
    const name = normalize(path.at(-1) || "");
    const place = name.startsWith(last) ? 0 : name.includes(last) ? 10 : 20;
    return place + path.length;
}
