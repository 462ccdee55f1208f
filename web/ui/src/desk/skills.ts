const most_skills = 10;
const longest_skill = 24;

/** What is wrong with skills as they were typed. */
export type SkillFault = { kind: "many" } | { kind: "long"; skill: string };

/** The skills that a text lists, each once; parted by commas of any kind, or by lines. */
export function skillsOf(text: string): string[] {
  const parts = text.split(/[,，、;；\n]/).map((part) => part.trim().replace(/\s+/g, " "));
  return [...new Set(parts.filter((part) => part !== ""))];
}

export function faultOf(skills: readonly string[]): SkillFault | null {
  const skill = skills.find((one) => Array.from(one).length > longest_skill);
  if (skill !== undefined) return { kind: "long", skill };
  return skills.length > most_skills ? { kind: "many" } : null;
}
