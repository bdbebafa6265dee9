/** Limits of the audit trail. */

/** A file of the audit trail is set aside when it has so many bytes. */
export const AUDIT_FILE_BYTES = 64 * 1024 * 1024
/** So many bytes of the trail are kept, whatever their age: who calls without end must not fill the disk. */
export const AUDIT_TRAIL_BYTES = 8 * 1024 ** 3
/** Characters of an event's parameters and of its response, as JSON; CloudTrail's limit. */
export const AUDIT_PARAMETERS_BYTES = 100_000
/** Characters of any other text in an event that its caller chose; CloudTrail's limit. */
export const AUDIT_TEXT_LENGTH = 1024
/** Items of a list or map in an event. */
export const AUDIT_ITEMS = 1000
/** Bytes of the trail that one LookupEvents looks through before it answers with what it has. */
export const AUDIT_LOOKUP_BYTES = 64 * 1024 * 1024
/** Days that the trail is kept, unless the operator says otherwise; CloudTrail's own. */
export const AUDIT_DAYS = 90
export const LONGEST_AUDIT_DAYS = 36_500
export const LOOKUP_EVENTS_RESULTS = { least: 1, most: 50 } as const
