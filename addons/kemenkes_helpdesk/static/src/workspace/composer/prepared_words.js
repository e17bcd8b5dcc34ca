import { SuggestionService } from "@mail/core/common/suggestion_service";
import { cleanTerm } from "@mail/utils/common/format";
import { toRaw } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";

const SLASH = "/";

/** "/" in an answer on a ticket offers canned responses and the macros that may run on it. */
patch(SuggestionService.prototype, {
    getSupportedDelimiters(thread, env) {
        const delimiters = super.getSupportedDelimiters(...arguments);
        return thread?.model === "helpdesk.ticket" && env?.inWorkspace ? [...delimiters, [SLASH]] : delimiters;
    },

    async fetchSuggestions({ delimiter }) {
        if (delimiter === SLASH) {
            await this.store.cannedReponses.fetch();
        }
        return super.fetchSuggestions(...arguments);
    },

    searchSuggestions({ delimiter, term }, { thread } = {}) {
        const raw = toRaw(thread);
        if (delimiter !== SLASH || raw?.model !== "helpdesk.ticket") {
            return super.searchSuggestions(...arguments);
        }
        const wanted = cleanTerm(term);
        const macros = (raw.helpdesk_macros || [])
            .filter((macro) => cleanTerm(macro.name).includes(wanted))
            .map((macro) => ({ macro, source: macro.name, label: macro.description, kindLabel: _t("Macro") }));
        const canned = this.searchCannedResponseSuggestions(wanted).suggestions.map((cannedResponse) => ({
            cannedResponse,
            source: cannedResponse.source,
            label: cannedResponse.substitution,
            kindLabel: _t("Canned response"),
        }));
        return { type: "helpdesk.prepared", suggestions: [...canned, ...macros] };
    },
});
