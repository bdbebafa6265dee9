/**
 * Checks the source tree itself: which layer may import which, file names, module headers, lengths, and words that do not belong.
 * What lint already knows is not repeated here. Run by `npm run check` and, as a test, with the unit tests.
 */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

export interface SourceFile {
  /** Relative to the repository's root, with forward slashes. */
  readonly path: string
  readonly text: string
}

/** Layer of `src/` -> layers it may import besides itself. The design's chains, closed under "and what stands below". */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  main: ['roles', 'cli', 'kit'],
  roles: [
    'services',
    'controllers',
    'agent',
    'registry',
    'loadbalancer',
    'wire',
    'store',
    'scheduler',
    'agentlink',
    'model',
    'kit',
  ],
  services: ['wire', 'store', 'scheduler', 'model', 'kit'],
  controllers: ['agentlink', 'store', 'scheduler', 'model', 'kit'],
  agent: ['agentlink', 'model', 'kit'],
  registry: ['store', 'model', 'kit'],
  loadbalancer: ['model', 'kit'],
  wire: ['model', 'kit'],
  store: ['model', 'kit'],
  scheduler: ['model', 'kit'],
  agentlink: ['model', 'kit'],
  model: ['kit'],
  kit: [],
  // The data channel's protocol is public, and both of its ends are in the model.
  cli: ['model', 'kit'],
}

/** Folders whose children are strangers to each other, and what all of them may share beside the folder's own files. */
const STRANGERS = ['services', 'controllers']

const LONGEST_FILE_LINES = 400
const FILE_NAME = /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|bench|config))?\.ts$/
const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s(?:[^'"`;]*?\sfrom\s)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g
/** What costs memory to load, who may, and what the others do instead. Types cost nothing. */
const COSTLY_IMPORTS = [
  {
    module: /^@aws-sdk\/client-/,
    allowedIn: /^src\/(cli\/|store\/blobs\/s3-blob-home|roles\/balancer\/access-logs-place)/,
    instead: 'import its types alone; schemas and enumerations come from src/wire/sdk-model.ts',
  },
  { module: /^node:(http|util)$/, allowedIn: /^src\/kit\/node\.ts$/, instead: 'it comes from src/kit/node.ts' },
  { module: /^node:process$/, allowedIn: /^src\/kit\/node\.ts$/, instead: 'use the global' },
]
const VALUE_IMPORT =
  /(?:^|\n)\s*(?:import|export)\s(?!type\s)(?:[^'"`;]*?\sfrom\s)?['"]([^'"]+)['"]|(?<!typeof\s+)\bimport\(\s*['"]([^'"]+)['"]\s*\)/g
const FORBIDDEN_WORDS = /\b(TODO|FIXME|XXX|HACK)\b/

const layerOf = (file: string): string | undefined => {
  const [top, second] = file.split('/')
  if (top !== 'src' || second === undefined) return undefined
  return second.endsWith('.ts') ? second.slice(0, -'.ts'.length) : second
}

const importsOf = ({ text }: SourceFile): string[] =>
  Array.from(text.matchAll(IMPORT), (match) => match[1] ?? match[2] ?? '')

const isTest = (file: string): boolean => file.endsWith('.test.ts')

const brokenImports = (file: SourceFile): string[] => {
  const layer = layerOf(file.path)
  if (layer === undefined || isTest(file.path)) return []
  const allowed = MAY_IMPORT[layer]
  if (allowed === undefined) return [`${file.path}: src/${layer} is no layer of the design`]
  return importsOf(file)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => path.posix.join(path.posix.dirname(file.path), specifier))
    .flatMap((target) => brokenEdge(file.path, layer, allowed, target))
}

const brokenEdge = (from: string, layer: string, allowed: readonly string[], target: string): string[] => {
  const targetLayer = layerOf(target)
  if (targetLayer === undefined) return [`${from}: imports ${target}, which is outside src`]
  if (targetLayer !== layer)
    return allowed.includes(targetLayer) ? [] : [`${from}: ${layer} must not import ${targetLayer} (${target})`]
  if (!STRANGERS.includes(layer)) return []
  const [ownFolder, otherFolder] = [from, target].map((file) => file.split('/').slice(2, -1)[0])
  const strangers = ownFolder !== undefined && otherFolder !== undefined && ownFolder !== otherFolder
  return strangers ? [`${from}: ${layer}/${ownFolder} must not import ${layer}/${otherFolder}`] : []
}

const costlyImports = ({ path: file, text }: SourceFile): string[] => {
  if (layerOf(file) === undefined || isTest(file)) return []
  const imported = Array.from(text.matchAll(VALUE_IMPORT), (match) => match[1] ?? match[2] ?? '')
  return COSTLY_IMPORTS.filter(({ allowedIn }) => !allowedIn.test(file)).flatMap(({ module, instead }) =>
    imported.filter((name) => module.test(name)).map((name) => `${file}: loads ${name}; ${instead}`),
  )
}

const untidyText = ({ path: file, text }: SourceFile): string[] => {
  const problems: string[] = []
  if (!FILE_NAME.test(path.posix.basename(file))) problems.push(`${file}: file names are kebab-case`)
  const lines = text.split('\n').length
  if (lines > LONGEST_FILE_LINES && !isTest(file))
    problems.push(`${file}: ${lines} lines; split it below ${LONGEST_FILE_LINES}`)
  if (!text.startsWith('/**') && !text.startsWith('#!'))
    problems.push(`${file}: no module header that says what the file is for`)
  const forbidden = file.startsWith('tools/tidy') ? null : FORBIDDEN_WORDS.exec(text)
  if (forbidden !== null) problems.push(`${file}: "${forbidden[0]}" is a note to nobody; do it or record it`)
  return problems
}

/** One line per problem; empty if the tree is tidy. */
export const tidy = (files: readonly SourceFile[]): string[] =>
  files.flatMap((file) => [
    ...brokenImports(file),
    ...costlyImports(file),
    ...(isTest(file.path) ? untidyTest(file) : untidyText(file)),
  ])

const untidyTest = ({ path: file, text }: SourceFile): string[] => {
  const problems: string[] = []
  if (!FILE_NAME.test(path.posix.basename(file))) problems.push(`${file}: file names are kebab-case`)
  if (!/\bexpect\b|\bassert\b/.test(text)) problems.push(`${file}: a test that asserts nothing`)
  return problems
}

/** Every TypeScript file of the repository's own. */
export const readTree = (root: string): SourceFile[] =>
  ['src', 'test', 'bench', 'tools']
    .flatMap((folder) => readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
    .sort()
    .map((file) => ({ path: file, text: readFileSync(path.join(root, file), 'utf8') }))
