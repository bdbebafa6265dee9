/**
 * What `@ptr` of a query's result is: the group, sealed for the account and region whose query found the event, and the event's position.
 * Queries show many: sealing each of them would cost more than finding them.
 */
import type { LogPosition } from '../../store/logs/log-store.ts'
import type { PageTokens } from '../../wire/page-tokens.ts'

export interface RecordPointer extends LogPosition {
  readonly groupId: string
}

interface Owner {
  readonly account: string
  readonly region: string
}

const POINTER = /^([\w-]+)\.(\d{1,16})\.(\d{1,16})$/

const scopeOf = ({ account, region }: Owner): string => `${account}/${region}/GetLogRecord`

/** Of events of one group. */
export const pointersOf = (tokens: PageTokens, owner: Owner, groupId: string): ((position: LogPosition) => string) => {
  const sealed = tokens.seal(scopeOf(owner), groupId)
  return ({ timestamp, sequence }) => `${sealed}.${timestamp}.${sequence}`
}

/** Undefined for what is no pointer, or somebody else's. */
export const openPointer = (tokens: PageTokens, owner: Owner, text: string): RecordPointer | undefined => {
  const [, sealed = '', timestamp, sequence] = POINTER.exec(text) ?? []
  const groupId = tokens.open(scopeOf(owner), sealed)
  if (groupId === undefined) return undefined
  return { groupId, timestamp: Number(timestamp), sequence: Number(sequence) }
}
