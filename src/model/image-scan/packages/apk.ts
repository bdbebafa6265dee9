/** `/lib/apk/db/installed`. Source: the wiki of Alpine Linux, "Apk spec". */
import type { FoundPackage } from '../package.ts'

export const apkPackages = (content: Buffer, path: string): readonly FoundPackage[] =>
  content
    .toString('utf8')
    .split(/\n\n/)
    .flatMap((stanza) => packageOf(stanza, path))

const packageOf = (stanza: string, path: string): readonly FoundPackage[] => {
  const fields = new Map(stanza.split('\n').map((line) => [line.slice(0, 2), line.slice(2).trim()]))
  const [name, version, architecture, origin] = ['P:', 'V:', 'A:', 'o:'].map((key) => fields.get(key))
  if (name === undefined || version === undefined) return []
  const source = { name: origin ?? name, version }
  return [{ kind: 'apk', name, version, ...(architecture !== undefined && { architecture }), source, path }]
}
