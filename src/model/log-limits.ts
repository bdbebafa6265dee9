/** Limits of CloudWatch Logs, and of the store that keeps its events. The others are in `limits.ts`. */
import { DAY_MS } from './limits.ts'

/** Bytes of messages in one block of a segment of log events: what is read and decompressed at once. */
export const LOG_BLOCK_BYTES = 256 * 1024
/** Bytes of the log journal's files: as much as is in memory before it goes into segments. */
export const LOG_JOURNAL_BYTES = 32 * 1024 * 1024
/** Batches of a stream whose names are remembered when they are in segments. Senders try the same one again, if any. */
export const LOG_BATCH_IDS = 4
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
/** Bytes of messages that one FilterLogEvents looks through, and events of those that it looks at by themselves. */
export const LOG_SEARCH_BYTES = 256 * 1024 * 1024
export const LOG_SEARCH_EVENTS = 500_000
/** How long one FilterLogEvents looks, if patterns and events make it slow. */
export const LOG_SEARCH_MS = 10_000
/** How long what looks through events may keep everyone else from the process. */
export const LOG_TURN_MS = 10
/** Streams that one FilterLogEvents names. */
export const LOG_STREAM_FILTERS = 100
/** FilterLogEvents looks back from the latest event only for events since then: 2024-01-01T00:00:00Z. */
export const LOG_BACKWARD_SEARCH_SINCE = 1_704_067_200_000
/** Results of one page of groups or streams. */
export const LOG_LIST_PAGE = { usual: 50, max: 50 } as const
/** Rows that one page of groups or streams looks at; what does not match a filter counts too. */
export const LOG_LIST_ROWS = 10_000
/** Groups that one DescribeLogGroups names. */
export const LOG_GROUP_IDENTIFIERS = 50
/** Bytes of a request to CloudWatch Logs: clients escape characters of messages, with up to six bytes for one. */
export const LOG_REQUEST_BYTES = 8 * 1024 * 1024

/** Characters of the names of filters and destinations. */
export const LOG_FILTER_NAME = { min: 1, max: 512 } as const
export const METRIC_FILTERS_PER_GROUP = 100
export const SUBSCRIPTION_FILTERS_PER_GROUP = 2
/** Regular expressions in the patterns of all filters of one group. */
export const FILTER_EXPRESSIONS_PER_GROUP = 5
/** Characters of namespaces and names of metrics, names of dimensions and references to their values; and of what a value is made of. */
export const METRIC_NAME = { min: 1, max: 255 } as const
export const METRIC_VALUE = { min: 1, max: 100 } as const
export const METRIC_FILTER_DIMENSIONS = 3
/** Different values of its dimensions that a metric filter may have in an hour. Source: PutMetricFilter. */
export const METRIC_FILTER_SERIES_PER_HOUR = 1000
/** Events that metric filters look at without letting others have the process, and that may wait for them before who appends has to. */
export const LOG_METRIC_EVENTS_AT_ONCE = 500
export const LOG_METRIC_EVENTS_WAITING = 100_000
/** Minutes, of all metric filters with a default value, that are remembered until it is known whether they need it. */
export const METRIC_FILTER_MINUTES = 10_000
/** Messages of one TestMetricFilter. */
export const TEST_FILTER_MESSAGES = { min: 1, max: 50 } as const
/** Characters of a destination's access policy. Source: PutDestinationPolicy. */
export const LOG_DESTINATION_POLICY_LENGTH = 5120

/** Events, and bytes of their messages, that one step of a subscription delivers. */
export const LOG_DELIVERY_EVENTS = 10_000
export const LOG_DELIVERY_BYTES = 1_048_576
/** Bytes of messages that one step looks through at the most, and how often it is written down that there was nothing to deliver. */
export const LOG_DELIVERY_SEARCH_BYTES = 64 * 1024 * 1024
export const LOG_DELIVERY_KEPT_EVERY_MS = 60_000
/** How long a subscription waits, when an event comes, for more. */
export const LOG_DELIVERY_DELAY_MS = 250
/** How long a destination has to answer, and how long events are delivered again to one that does not. Source: subscriptions, 24 hours. */
export const LOG_DELIVERY_TIMEOUT_MS = 10_000
export const LOG_DELIVERY_AGE_MS = DAY_MS
/** Messages on their way to one destination at a time. */
export const LOG_DELIVERIES_AT_ONCE = 8

/** Queries that wait or run, as AWS counts them, and those that run; the others wait. */
export const INSIGHTS_QUERIES = 100
export const INSIGHTS_QUERIES_AT_ONCE = 4
export const INSIGHTS_QUERY_TIMEOUT_MS = 3_600_000
/** Queries that are remembered when they have ended, how long, and characters of all their results. AWS keeps results for seven days. */
export const INSIGHTS_QUERIES_KEPT = 1000
export const INSIGHTS_RESULTS_KEPT_MS = 7 * DAY_MS
export const INSIGHTS_RESULTS_KEPT_LENGTH = 32 * 1024 * 1024
/** Log groups that one query looks at. */
export const INSIGHTS_GROUPS_PER_QUERY = 50
/** Events, the latest ones, in which GetLogGroupFields looks for fields. */
export const INSIGHTS_FIELD_EVENTS = 10_000
export const QUERY_DEFINITIONS_PER_REGION = 1000
export const QUERY_LIST_PAGE = { usual: 1000, max: 1000 } as const

/** Fields of an index policy, and characters of their names. Source: PutIndexPolicy. */
export const LOG_INDEX_FIELDS = 20
export const LOG_INDEX_FIELD_LENGTH = 100
/** Groups whose index policies or indexes one call describes. */
export const LOG_INDEX_GROUPS = 100

/** Live Tail. Source: StartLiveTail. */
export const LIVE_TAIL_GROUPS = 10
export const LIVE_TAIL_STREAM_FILTERS = 10
export const LIVE_TAIL_SESSION_MS = 3 * 3_600_000
export const LIVE_TAIL_UPDATE_MS = 1000
export const LIVE_TAIL_UPDATE_EVENTS = 500
/** Characters of messages in one update, which a session may have waiting. */
export const LIVE_TAIL_UPDATE_BYTES = 4 * 1024 * 1024
/** Sessions at a time. */
export const LIVE_TAIL_SESSIONS = 15
