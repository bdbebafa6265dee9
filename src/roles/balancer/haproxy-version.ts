/** Which HAProxy is installed: what it is told depends on that. */
import { execFile } from 'node:child_process'
import { UserError } from '../../kit/command.ts'
import { util } from '../../kit/node.ts'

export interface HaproxyVersion {
  readonly major: number
  readonly minor: number
}

const OLDEST: HaproxyVersion = { major: 2, minor: 6 }

/** Refuses versions that cannot do what it takes. */
export const haproxyVersion = async (program: string): Promise<HaproxyVersion> => {
  const { stdout } = await util.promisify(execFile)(program, ['-v'])
  const version = parseHaproxyVersion(stdout)
  if (version === undefined) throw new UserError(`${program} does not say that it is HAProxy.`)
  if (version.major < OLDEST.major || (version.major === OLDEST.major && version.minor < OLDEST.minor))
    throw new UserError(
      `${program} is HAProxy ${version.major}.${version.minor}; it takes ${OLDEST.major}.${OLDEST.minor} or later.`,
    )
  return version
}

/** From what `haproxy -v` prints: `HAProxy version 2.6.12-1+deb12u2 2025/04/02 - https://haproxy.org/`. */
export const parseHaproxyVersion = (text: string): HaproxyVersion | undefined => {
  const [, major, minor] = /^HA-?Proxy version (\d+)\.(\d+)/.exec(text) ?? []
  return major === undefined || minor === undefined ? undefined : { major: Number(major), minor: Number(minor) }
}
