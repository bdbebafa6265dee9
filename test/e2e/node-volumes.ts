/** The host's Node in containers, read-only: the program that runs the tests, and the libraries that it needs. */
import { spawnSync } from 'node:child_process'
import { realpathSync } from 'node:fs'
import type { MountPoint, Volume } from '@aws-sdk/client-ecs'

/** Where it is in containers. */
export const NODE_IN_CONTAINER = '/usr/local/bin/node'

/** Members of a task definition and of its containers that bring it there, with more files by their paths in containers. */
export const nodeVolumes = (
  files: Readonly<Record<string, string>> = {},
): { readonly volumes: Volume[]; readonly mountPoints: MountPoint[] } => {
  const all = Object.entries({ [NODE_IN_CONTAINER]: process.execPath, ...libraries(), ...files })
  return {
    volumes: all.map(([, source], index) => ({ name: `file-${index}`, host: { sourcePath: realpathSync(source) } })),
    mountPoints: all.map(([containerPath], index) => ({
      sourceVolume: `file-${index}`,
      containerPath,
      readOnly: true,
    })),
  }
}

/** By the paths that the program is linked with. */
const libraries = (): Record<string, string> => {
  const { status, stdout, stderr } = spawnSync('ldd', [process.execPath], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`ldd ${process.execPath}: ${stderr}`)
  const paths = Array.from(stdout.matchAll(/(?:^|\s)(\/\S+) \(0x/gm), ([, path = '']) => path)
  return Object.fromEntries(paths.map((path) => [path, path]))
}
