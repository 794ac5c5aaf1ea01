// What the pages need of the browser that .NET does not give: the reader's look, the clipboard, whether the tab is seen.
"use strict";

window.settings = (() => {
    const key = "look";
    const dark = window.matchMedia("(prefers-color-scheme: dark)");

    function stored() {
        try {
            return localStorage.getItem(key) ?? "system";
        } catch {
            return "system";
        }
    }

    function isDark() {
        const look = stored();
        return look === "dark" || (look === "system" && dark.matches);
    }

    function show() {
        document.documentElement.dataset.look = isDark() ? "dark" : "light";
    }

    show();
    dark.addEventListener("change", show);
    return {
        look: stored,
        isDark,

        setLook(look) {
            try {
                localStorage.setItem(key, look);
            } catch {
                // It holds until the tab is closed.
            }

            show();
        },

        watch(observer) {
            dark.addEventListener("change", () => observer.invokeMethodAsync("LookChanged"));
            document.addEventListener("visibilitychange", () => observer.invokeMethodAsync("SeenChanged", !document.hidden));
            window.addEventListener("online", () => observer.invokeMethodAsync("SeenChanged", !document.hidden));
        },

        // Keeps the secret of a sign-in link out of the address and the history.
        takeFragment() {
            const fragment = location.hash.slice(1);
            history.replaceState(null, "", location.pathname + location.search);
            return fragment;
        },

        async copy(text) {
            try {
                await navigator.clipboard.writeText(text);
                return true;
            } catch {
                return false;
            }
        },
    };
})();
