/** Limits of CloudWatch Logs, and of the store that keeps its events. The others are in `limits.ts`. */
import { DAY_MS } from './limits.ts'

/** Bytes of messages in one block of a segment of log events: what is read and decompressed at once. */
export const LOG_BLOCK_BYTES = 256 * 1024
/** Bytes of the log journal's files: as much as is in memory before it goes into segments. */
export const LOG_JOURNAL_BYTES = 32 * 1024 * 1024
/** A group with fewer bytes in a full journal file may stay in the journal, as long as all of those have no more than a quarter of it. */
export const LOG_CARRIED_BYTES = 128 * 1024
/** A segment whose events count fewer bytes is made one with what comes next. */
export const LOG_SMALL_SEGMENT_BYTES = 4 * 1024 * 1024

/** CloudWatch Logs. Source: "CloudWatch Logs quotas" in the user guide, and the constraints of members in the API reference. */
export const LOG_GROUP_NAME = { min: 1, max: 512 } as const
export const LOG_STREAM_NAME = { min: 1, max: 512 } as const
export const LOG_GROUPS_PER_REGION = 1_000_000
/** Events of one PutLogEvents, and their bytes: of messages, and 26 for each. */
export const LOG_BATCH_EVENTS = 10_000
export const LOG_BATCH_BYTES = 1_048_576
/** Between the first and the last event of a batch. */
export const LOG_BATCH_SPAN_MS = DAY_MS
/** How old, and how far in the future, events may be. */
export const LOG_EVENT_AGE_MS = 14 * DAY_MS
export const LOG_EVENT_LEAD_MS = 2 * 3_600_000
/** Events of one GetLogEvents, and their bytes, counted as those of a batch. */
export const LOG_PAGE_EVENTS = 10_000
export const LOG_PAGE_BYTES = 1_048_576
/** Results of one page of groups or streams. */
export const LOG_LIST_PAGE = { usual: 50, max: 50 } as const
/** Rows that one page of groups or streams looks at; what does not match a filter counts too. */
export const LOG_LIST_ROWS = 10_000
/** Groups that one DescribeLogGroups names. */
export const LOG_GROUP_IDENTIFIERS = 50
/** Bytes of a request to CloudWatch Logs: clients escape characters of messages, with up to six bytes for one. */
export const LOG_REQUEST_BYTES = 8 * 1024 * 1024
