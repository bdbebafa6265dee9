/** Inputs and outputs as they may be written down: members in camel case, secrets hidden, binary data left out. */
import { util } from '../../kit/node.ts'
import { isoText } from '../../kit/timestamps.ts'
import { AUDIT_ITEMS } from '../../model/audit-limits.ts'
import { Described } from '../described.ts'
import type { Member, Shape } from '../schema.ts'

/** CloudTrail's own words. */
const HIDDEN = 'HIDDEN_DUE_TO_SECURITY_REASONS'

/** Secrets that the models do not mark as sensitive. */
const SECRET_NAMES = /^(sessionToken|activationCode|clientSecret|token|tokenValue|webIdentityToken|ciphertextBlob)$/i

/** Undefined for what is left out. */
export const redacted = (shape: Shape, value: unknown): unknown => {
  if (value instanceof Described) return redacted(shape, value.value())
  if (value === undefined || value === null) return undefined
  switch (shape.kind) {
    case 'structure':
      return structureOf(shape.members, value as Readonly<Record<string, unknown>>)
    case 'list':
      return (value as readonly unknown[]).slice(0, AUDIT_ITEMS).map((item) => memberOf(shape.item, item))
    case 'map':
      return mapOf(shape.value, value as Readonly<Record<string, unknown>>)
    case 'timestamp':
      return util.types.isDate(value) ? isoText(value.getTime()) : value
    case 'blob':
      return undefined
    default:
      return value
  }
}

const memberOf = (member: Member, value: unknown): unknown => {
  if (value === undefined || value === null || member.traits.streaming !== undefined) return undefined
  return member.traits.sensitive === undefined && !SECRET_NAMES.test(member.name)
    ? redacted(member.shape, value)
    : HIDDEN
}

const structureOf = (members: readonly Member[], value: Readonly<Record<string, unknown>>): object => {
  const found: Record<string, unknown> = {}
  for (const member of members) {
    const shown = memberOf(member, value[member.name])
    if (shown !== undefined) found[camelCase(member.name)] = shown
  }
  return found
}

const mapOf = (member: Member, value: Readonly<Record<string, unknown>>): object => {
  const entries = Object.entries(value).slice(0, AUDIT_ITEMS)
  return Object.fromEntries(entries.map(([key, item]) => [key, memberOf(member, item)]))
}

const camelCase = (name: string): string => name.slice(0, 1).toLowerCase() + name.slice(1)
