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
/** Messages that an agent sends again at each such look. The plugin sends one, but acknowledges each message once only, so that more can be due. */
export const AGENT_RETRANSMISSIONS = 16
/** Looks after which an agent whose window is full asks what of it has arrived, and such questions on their way at once. */
export const DATA_CHANNEL_PROBE_TURNS = 5
export const DATA_CHANNEL_PROBES = 64
/** How often one message is sent again before the other end is given up. Source: the Session Manager plugin. */
export const RETRANSMISSION_ATTEMPTS = 3000

/** Bytes waiting in one socket of a data channel beyond which no more is read from the other. */
export const DATA_CHANNEL_SOCKET_BYTES = 256 * 1024

/** How long a client has to come with its token. */
export const SESSION_TOKEN_MS = 5 * 60_000
/** Time for who opened a websocket to send its token, and how many may be open without one. */
export const DATA_CHANNEL_OPENING_MS = 5000
export const DATA_CHANNELS_UNOPENED = 256
/** Time for an agent to connect, at the beginning of a session; and to connect again. */
export const AGENT_CONNECT_MS = 10_000
export const AGENT_RECONNECT_MS = 20_000
/** How long a command waits for a client that is gone. */
export const SESSION_RESUME_MS = 60_000
/** How often both ends of a data channel are asked whether they are there. */
export const DATA_CHANNEL_PING_MS = 30_000
/** Without input or output for so long, a session ends. Source: "Using ECS Exec", 20 minutes. */
export const SESSION_IDLE_SECONDS = 20 * 60
/** How long a session lasts at most. Source: Session Manager, "maximum session duration", 1440 minutes. */
export const SESSION_MAXIMUM_SECONDS = 24 * 3600
/** How long a session that has ended is shown, and how many of them. Source: Session Manager, "view session history", 30 days. */
export const SESSION_RETENTION_MS = 30 * 24 * 3_600_000
export const SESSIONS_KEPT = 10_000
/** Characters of a command. */
export const EXEC_COMMAND_LENGTH = 4096
/** Results of one page of DescribeSessions, unless the request says so, and at most. Source: DescribeSessions. */
export const SESSIONS_PAGE = { usual: 200, max: 200 } as const
/** Turns of pings without an answer after which a connection is dropped. */
export const DATA_CHANNEL_SILENT_TURNS = 10
/** How long an agent is not told again to come back to a session. */
export const AGENT_RECONNECT_PAUSE_MS = 1000
/** How long an agent has, after its task stopped, to send the rest of a session's output. */
export const TASK_END_MS = 5000
