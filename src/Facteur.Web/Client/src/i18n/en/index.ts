import app from "./app";
import compose from "./compose";
import list from "./list";
import message from "./message";
import offline from "./offline";
import search from "./search";

const texts = { ...app, ...list, ...message, ...compose, ...search, ...offline };
export default texts;
export type EnglishTexts = typeof texts;
