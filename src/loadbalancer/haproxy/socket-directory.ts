/** Where local sockets of a balancer lie: their paths are limited to 107 bytes, which a data directory may exceed by itself. */
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** With room for the suffix under which HAProxy makes a socket before it renames it. */
const LONGEST_DIRECTORY = 70

export const socketDirectory = (directory: string): string =>
  directory.length <= LONGEST_DIRECTORY
    ? directory
    : path.join(tmpdir(), `longshore-${createHash('sha256').update(directory).digest('hex').slice(0, 16)}`)
