/* Tells the page around the frame that it needs a new link; there is nothing secret in it. */
window.parent.postMessage({ helpdeskEmbed: "expired" }, "*");
