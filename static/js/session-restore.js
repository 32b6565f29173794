/* What closed or crashed tabs typed and could not save: put back, or shown beside what is there now. */

import { askWhich } from "./session-merge.js";
import { same } from "./session-save.js";

export async function restore(page, { saver, names, notice, draw }) {
  const { content: first, state } = page.data;
  const opened = structuredClone(first);
  let untouched = true; // the second such tab finds what the first one's has become
  for (const left of await saver.leftBehind()) {
    if (same(left.content, page.content)) {
      saver.drop(left);
      continue;
    }
    const onThis = left.base === state.version;
    const typedAt = new Date(left.at).toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });
    if (untouched && (onThis || (left.sent && same(left.sent, page.content)))) {
      page.content = left.content;
      notice(`Restored: what was typed at ${typedAt} on this device had not been saved.`);
    } else {
      page.content = await askWhich({
        mine: left.content,
        theirs: page.content,
        base: onThis ? opened : null,
        by: `What was typed at ${typedAt} on this device had not been saved, and the visit was changed elsewhere since.`,
        names,
      });
    }
    untouched = false;
    draw();
    saver.changed();
    saver.drop(left);
  }
}
