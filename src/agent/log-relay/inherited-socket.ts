/** The socket that systemd holds for a service, by its protocol: sd_listen_fds(3). */
import type { Variables } from '../config.ts'

const FIRST = 3

/** Its file descriptor, if this process is the one that it was opened for. */
export const inheritedSocket = (
  { LISTEN_PID: processId, LISTEN_FDS: count }: Variables,
  ownProcessId: number,
): number | undefined => (processId === String(ownProcessId) && Number(count) > 0 ? FIRST : undefined)
