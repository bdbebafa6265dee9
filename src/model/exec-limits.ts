/** Limits of ECS Exec: of the data channel's protocol, and of sessions. Where a number is another's, its source is named. */

/** Bytes of one frame, header included. Both ends send at most a few kilobytes: this leaves room, and nothing to drown in. */
export const DATA_CHANNEL_FRAME_BYTES = 64 * 1024
/** Bytes of data in one message. Source: the Session Manager plugin and the SSM agent. */
export const DATA_CHANNEL_CHUNK_BYTES = 1024
/** Bytes of the first text frame, which carries the token. */
export const DATA_CHANNEL_OPENING_BYTES = 8 * 1024
/** Messages ahead of the expected one that a receiver keeps. Source: the Session Manager plugin. */
export const DATA_CHANNEL_REORDER_MESSAGES = 10_000
/** Bytes of these messages. */
export const DATA_CHANNEL_REORDER_BYTES = 16 * 1024 * 1024
/** Messages, and bytes of their frames, that a sender keeps until they are acknowledged; it takes no more until then. */
export const DATA_CHANNEL_WINDOW_MESSAGES = 1024
export const DATA_CHANNEL_WINDOW_BYTES = 2 * 1024 * 1024
/** How often a sender looks for what it has to send again. Source: the Session Manager plugin. */
export const RETRANSMISSION_INTERVAL_MS = 100
/** How often one message is sent again before the other end is given up. Source: the Session Manager plugin. */
export const RETRANSMISSION_ATTEMPTS = 3000

/** Bytes waiting in one socket of a data channel beyond which no more is read from the other. */
export const DATA_CHANNEL_SOCKET_BYTES = 256 * 1024
