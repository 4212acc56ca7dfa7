/** The names inside braces of a template text: `'log {log} is full'` names `log`. */
export type TemplateParam<Text extends string> =
  Text extends `${string}{${infer Name}}${infer Rest}` ? Name | TemplateParam<Rest> : never;

/** The values a template text needs, one per name in braces. */
export type TemplateParams<Text extends string> = Record<TemplateParam<Text>, string | number>;

/** Fills `{name}` in a template text; a name without a value stays as it is. */
export function fillTemplate(text: string, params: Readonly<Record<string, unknown>>): string {
  return text.replace(/\{([a-zA-Z]+)\}/g, (whole, name: string) =>
    Object.hasOwn(params, name) ? String(params[name]) : whole,
  );
}
