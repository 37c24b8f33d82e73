// A language that nobody speaks: English, with accents, and longer by as much as translations are. Whoever reads "[" without "]"
// sees a text that is cut; whoever reads plain English sees one that is not translated.

const ACCENTS = new Map([...Array.from("AEIOUaeiouyncsz")].map((letter, index) => [letter, Array.from("ÅÉÎÖÛåéîöûýñçšž")[index]]));

/** Short texts grow more than long ones. @param {string} text */
const padding = (text) => "~".repeat(Math.ceil(text.length * (text.length < 20 ? 0.6 : 0.35)));

/**
 * `messages.json` of English in that language.
 * @param {Record<string, { message: string }>} messages
 */
export function pseudo(messages) {
  const translated = Object.entries(messages).map(([key, value]) => {
    if (key === "language_tag") return [key, value];
    // A placeholder stays what it is.
    const parts = value.message.split(/(\$\w+\$)/);
    const accented = parts.map((part, index) => (index % 2 ? part : Array.from(part, (letter) => ACCENTS.get(letter) ?? letter).join("")));
    // In words of the usual length, so that lines can break.
    const longer = padding(value.message).replace(/~{8}(?=~)/g, "~~~~~~~ ");
    return [key, { ...value, message: `[${accented.join("")} ${longer}]` }];
  });
  return Object.fromEntries(translated);
}
