/** `/var/lib/dpkg/status`, and the files of `status.d` that images without a package manager have. Source: dpkg(1), deb-control(5). */
import type { FoundPackage } from '../package.ts'

export const dpkgPackages = (content: Buffer, path: string): readonly FoundPackage[] =>
  content
    .toString('utf8')
    .split(/\n\s*\n/)
    .flatMap((stanza) => packageOf(fieldsOf(stanza), path))

const FIELDS = new Set(['package', 'version', 'architecture', 'status', 'source'])

const fieldsOf = (stanza: string): ReadonlyMap<string, string> => {
  const fields = new Map<string, string>()
  for (const line of stanza.split('\n')) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    // Lines that go on with the field before begin with a space.
    if (FIELDS.has(name)) fields.set(name, line.slice(colon + 1).trim())
  }
  return fields
}

const packageOf = (fields: ReadonlyMap<string, string>, path: string): readonly FoundPackage[] => {
  const [name, version, status] = [fields.get('package'), fields.get('version'), fields.get('status')]
  if (name === undefined || version === undefined) return []
  if (status !== undefined && !status.endsWith(' installed')) return []
  const architecture = fields.get('architecture')
  const source = sourceOf(fields.get('source'), name, version)
  return [{ kind: 'deb', name, version, ...(architecture !== undefined && { architecture }), source, path }]
}

/** `name`, or `name (version)` where the versions differ. */
const sourceOf = (text: string | undefined, name: string, version: string) => {
  const [, source = name, sourceVersion = version] = /^(\S+)(?:\s+\((.+)\))?$/.exec(text ?? '') ?? []
  return { name: source, version: sourceVersion }
}
