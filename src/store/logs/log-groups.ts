/** What the log store has to know of groups and streams, and who keeps them to know of it. */
import { LogKeyUnusable, type LogStreamTimes } from './log-store.ts'

export interface LogGroups {
  has(groupId: string): boolean
  hasStream(groupId: string, streamId: string): boolean
  /** Whether a batch of that name is among the last ones of the stream that are in segments. */
  hasBatch(streamId: string, batchId: string): boolean
  /** The one of the group's keys that new events are encrypted with; undefined if they are not. */
  presentKeyId(groupId: string): string | undefined
  /** 32 bytes, by which the store moves events from place to place; undefined if the key is gone for good, and what it encrypted with it. */
  key(groupId: string, keyId: string): Uint8Array | undefined
  /** Why nothing may be kept or read with the key now, for clients; undefined if it may be. */
  keyProblem(groupId: string, keyId: string): string | undefined
  /** Hears of streams when their events go into segments, at least once; nothing else remembers their times. */
  onSealed(groupId: string, times: ReadonlyMap<string, LogStreamTimes>): Promise<void>
}

/** Of what is not encrypted, there is no key. */
export const keyFor = (groups: LogGroups, groupId: string, keyId: string | undefined): Uint8Array | undefined =>
  keyId === undefined ? undefined : groups.key(groupId, keyId)

/** What a key encrypted that is gone is gone too. */
export const isLost = (groups: LogGroups, groupId: string, keyId: string | undefined): boolean =>
  keyId !== undefined && groups.key(groupId, keyId) === undefined

/** The key for what a client asks for. Throws `LogKeyUnusable`. */
export const usableKey = (groups: LogGroups, groupId: string, keyId: string): Uint8Array => {
  const problem = groups.keyProblem(groupId, keyId)
  const key = groups.key(groupId, keyId)
  if (problem !== undefined || key === undefined) throw new LogKeyUnusable(problem ?? 'The key is gone.')
  return key
}
