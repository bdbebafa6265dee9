/** Packages of RPM's database in the form of SQLite, `rpmdb.sqlite`. Source: the manual of RPM, "RPM v4 Package format", "Header format". */
import type { FoundPackage } from '../package.ts'
import { sqliteBlobs } from './sqlite.ts'

export const rpmPackages = (content: Buffer, path: string): readonly FoundPackage[] =>
  sqliteBlobs(content, 'Packages').flatMap((header) => packageOf(header, path))

const TAGS = { name: 1000, version: 1001, release: 1002, epoch: 1003, architecture: 1022, source: 1044 } as const
const [INT32, STRING] = [4, 6]
const ENTRY_BYTES = 16

const packageOf = (header: Buffer, path: string): readonly FoundPackage[] => {
  const values = valuesOf(header)
  const [name, version, release] = [values.get(TAGS.name), values.get(TAGS.version), values.get(TAGS.release)]
  if (name === undefined || version === undefined || release === undefined) return []
  // Keys that signatures are checked with are in the database like packages.
  if (name === 'gpg-pubkey') return []
  const [epoch, architecture] = [values.get(TAGS.epoch), values.get(TAGS.architecture)]
  const whole = `${epoch === undefined || epoch === '0' ? '' : `${epoch}:`}${version}-${release}`
  const source = /^(.+)-[^-]+-[^-]+\.(?:no)?src\.rpm$/.exec(values.get(TAGS.source) ?? '')?.[1] ?? name
  return [
    {
      kind: 'rpm',
      name,
      version: whole,
      ...(architecture !== undefined && { architecture }),
      source: { name: source, version: whole },
      path,
    },
  ]
}

/** Texts and numbers by tag; none of what is no header. */
const valuesOf = (header: Buffer): ReadonlyMap<number, string> => {
  const values = new Map<number, string>()
  if (header.length < 8) return values
  const [count, dataBytes] = [header.readUInt32BE(0), header.readUInt32BE(4)]
  const data = 8 + count * ENTRY_BYTES
  if (data + dataBytes > header.length) return values
  for (let at = 8; at < data; at += ENTRY_BYTES) {
    const [tag, type, offset] = [header.readUInt32BE(at), header.readUInt32BE(at + 4), header.readUInt32BE(at + 8)]
    const value = valueAt(header, type, data + offset)
    if (value !== undefined) values.set(tag, value)
  }
  return values
}

const valueAt = (header: Buffer, type: number, at: number): string | undefined => {
  if (type === INT32 && at + 4 <= header.length) return `${header.readUInt32BE(at)}`
  if (type !== STRING || at >= header.length) return undefined
  const end = header.indexOf(0, at)
  return end === -1 ? undefined : header.toString('utf8', at, end)
}
