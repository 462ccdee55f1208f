import type { ArticlesMessages } from "../articles";

/** English. */
const messages: ArticlesMessages = {
  articles: "Articles",
  intro:
    "What customers read under “Help”, and what the bot answers from. It says nothing that is not here.",
  search: "Search titles, text and questions",
  newArticle: "Write an article",
  importFile: "Import",
  none: "No articles yet",
  noneWords:
    "Begin with what customers ask most: delivery fees, how long it takes, returns. Or save the FAQ that you have as CSV, and import it.",
  noneReader: "The operator has written no articles yet.",
  nothingFound: (words: string): string => `No article mentions “${words}”`,
  chooseOne: "Choose an article to read or change",
  notForYou: "Articles are for reps and operators.",
  readOnly: "Only operators can change articles.",

  back: "Back to the list",
  languages: "Languages",
  missing: "not written",
  draft: "Draft",
  published: "Published",
  unsaved: "Not saved",
  slug: "Address",
  slugHint: "Small letters, digits and hyphens, such as delivery-time; it stays once saved",
  title: "Title",
  titleHint: "In customers' words, such as “How much is delivery?”",
  body: "Text",
  bodyHint:
    "Markdown. Answer in the first sentence: the bot says the first 400 characters at most.",
  preview: "What customers see",
  nothingYet: "Once there is text, it is shown here as customers see it.",
  questions: "How customers ask",
  questionsHint:
    "One in each line. Customers do not see them; the bot finds the article by them. Five to twelve do, in other languages too.",
  ofMost: (n: number, most: number): string => `${n} / ${most}`,
  facts: "Numbers from the settings",
  factsWords: "Written like this, they change with the settings:",
  see: "See the customers' page",

  save: "Save",
  saveDraft: "Save draft",
  publish: "Save and publish",
  withdraw: "Withdraw",
  remove: "Delete",
  saved: "Saved",
  publishedNow: "Published: the bot answers from it at once",
  withdrawn: "Withdrawn: neither customers nor the bot see it",
  removed: (title: string): string => `“${title}” is deleted`,

  faults: {
    slug: "Give an address: small letters, digits and hyphens, 60 at most.",
    taken: "There is an article of this address and language already.",
    title: "Give a title.",
    body: "Write the text.",
    bodyLong: "The text is too long: 20 kB at most.",
    questions: "50 questions at most, each of 200 characters at most.",
  },
  checkFields: "Something is not right: see the marked fields.",

  leaveHeading: "What you wrote is not saved",
  leaveWords: "If you leave, it is lost.",
  stay: "Keep writing",
  leave: "Leave without saving",
  removeHeading: (title: string): string => `Delete “${title}”?`,
  removeWords: (language: string): string =>
    `Only the article in ${language}; the other languages stay. This cannot be undone.`,
  removeNow: "Delete",
  cancel: "Cancel",
  conflictHeading: "Somebody else changed this article meanwhile",
  conflictWords: "What you wrote is still here, not saved.",
  goneWords: "Somebody else deleted it. What you wrote is still here, not saved.",
  takeTheirs: "Take theirs, drop mine",
  keepMine: "Overwrite with mine",
  tooMany: "There are as many articles as there may be: 2,000.",

  importHeading: "Import articles",
  importWords:
    "CSV in UTF-8 with the columns slug, locale, title, body, questions, at most 1,000 rows and 2 MB; or one article as Markdown (.md). All of it is imported, or nothing.",
  chooseFile: "Choose a file",
  otherFile: "Choose another file",
  looking: "Looking at the file…",
  plan: { add: "New", change: "Changed", same: "Same" },
  planned: (add: number, change: number, same: number): string =>
    `${add} new, ${change} changed, ${same} the same as now`,
  publishNew: "Publish what is new at once",
  importNow: (n: number): string => (n === 1 ? "Import 1 article" : `Import ${n} articles`),
  imported: (n: number): string => (n === 1 ? "1 article imported" : `${n} articles imported`),
  nothingToImport: "The file says just what is here already.",
  wrongRows: (n: number): string =>
    `${n === 1 ? "One thing is" : `${n} things are`} wrong. Mend the file and choose it again; nothing was imported`,
  row: (n: number): string => `Row ${n}`,
  reasons: {
    missing: "is empty",
    too_long: "is too long",
    bad_slug: "has small letters, digits and single hyphens, 60 at most",
    bad_locale: "is zh-Hant, zh-Hant-HK, zh-Hans or en",
    bad_answer: "is yes or no",
    too_many: "are more than 50",
    twice: "is there already",
    unreadable: "cannot be read",
  },
  badFile: "This file cannot be read",
  tooLarge: "The file is too large: 2 MB and 1,000 rows at most.",
};

export default messages;
