/**
 * The reference of `ftctl.plugin.json`: shapes from the schema, words from the
 * docstrings of the `Manifest` type, so that neither can be forgotten.
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'tsup';
import ts from 'typescript';
import { root } from '../workspace.mjs';
import { code, page, table } from './markdown.mjs';

const sdk = join(root, 'packages/sdk/src');

export async function manifestPage() {
  const schema = await loadSchema();
  const interfaces = readInterfaces(join(sdk, 'manifest.ts'));
  const rows = [];
  walk(schema, interfaces.get('Manifest'), '', interfaces, rows);
  return page(
    'ftctl.plugin.json',
    'What a plugin says about itself, read without running any of its code. Unknown fields are refused. ' +
      '`a[].b` is field `b` of each entry of the list `a`.',
    table(['field', 'shape', 'needed', 'meaning'], rows),
  );
}

async function loadSchema() {
  const outDir = await mkdtemp(join(root, 'node_modules', '.ftctl-docs-'));
  try {
    await build({
      config: false,
      silent: true,
      entry: { schema: join(sdk, 'manifest-schema.ts') },
      outDir,
      format: 'esm',
      outExtension: () => ({ js: '.mjs' }),
      tsconfig: resolve(root, 'tsconfig.base.json'),
    });
    return (await import(pathToFileURL(join(outDir, 'schema.mjs')).href)).manifestSchema;
  } finally {
    await rm(outDir, { recursive: true, force: true });
  }
}

/** Members by interface: docstring and type of each. */
function readInterfaces(file) {
  const source = ts.createSourceFile(
    file,
    readFileSync(file, 'utf8'),
    ts.ScriptTarget.ES2023,
    true,
  );
  const interfaces = new Map();
  for (const node of source.statements) {
    if (!ts.isInterfaceDeclaration(node)) continue;
    const bases = (node.heritageClauses ?? [])
      .flatMap((clause) => clause.types)
      .flatMap((type) => [...(interfaces.get(type.expression.getText()) ?? [])]);
    interfaces.set(node.name.text, new Map([...bases, ...membersOf(node)]));
  }
  return interfaces;
}

function membersOf(node) {
  return new Map(
    node.members.map((member) => [
      member.name.getText(),
      {
        doc: ts
          .getJSDocCommentsAndTags(member)
          .map((doc) => ts.getTextOfJSDocComment(doc.comment) ?? '')
          .join(' '),
        type: member.type,
      },
    ]),
  );
}

/** The members of what a type is or is a list of; undefined for a plain value. */
function membersBehind(type, interfaces) {
  if (!type) return undefined;
  if (ts.isTypeOperatorNode(type)) return membersBehind(type.type, interfaces);
  if (ts.isArrayTypeNode(type)) return membersBehind(type.elementType, interfaces);
  if (ts.isTypeLiteralNode(type)) return membersOf(type);
  if (ts.isTypeReferenceNode(type)) return interfaces.get(type.typeName.getText());
  return undefined;
}

function walk(schema, members, prefix, interfaces, rows) {
  for (const [name, shape] of Object.entries(schema.properties)) {
    if (name === '$schema') continue;
    const member = members?.get(name);
    const field = `${prefix}${name}`;
    const needed = schema.required.includes(name) ? 'yes' : '';
    rows.push([code(field), shapeInWords(shape), needed, member?.doc ?? '']);
    const inner = shape.type === 'array' ? shape.items : shape;
    if (!inner.properties) continue;
    const nested = shape.type === 'array' ? `${field}[].` : `${field}.`;
    walk(inner, membersBehind(member?.type, interfaces), nested, interfaces, rows);
  }
}

function shapeInWords(shape) {
  if ('const' in shape) return code(JSON.stringify(shape.const));
  if (shape.enum) return shape.enum.map((value) => code(JSON.stringify(value))).join(' or ');
  if (shape.type === 'array') {
    const items = shape.items.properties ? 'objects' : shapeInWords(shape.items);
    return `list of at most ${shape.maxItems}: ${items}`;
  }
  if (shape.type === 'integer')
    return `whole number, ${shape.minimum} to ${shape.maximum ?? 'any'}`;
  if (shape.pattern) return `string like ${code(shape.pattern)}`;
  if (shape.maxLength) return `string, at most ${shape.maxLength} characters`;
  return shape.type;
}
