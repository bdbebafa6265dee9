/** What the log store has to know of groups and streams, and who keeps them to know of it. */
import type { LogStreamTimes } from './log-store.ts'

export interface LogGroups {
  has(groupId: string): boolean
  hasStream(groupId: string, streamId: string): boolean
  /** 32 bytes under which the group's events are encrypted at rest; undefined if they are not. The same for as long as the group lives. */
  key(groupId: string): Uint8Array | undefined
  /** Hears of streams when their events go into segments, at least once; nothing else remembers their times. */
  onSealed(groupId: string, times: ReadonlyMap<string, LogStreamTimes>): Promise<void>
}
