/**
 * Docker Compose, the rival of bringing up a whole application. Debian 12 has only its first version; the second is a single program, taken
 * from the next release's package without installing it.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const RELEASE = 'deb http://deb.debian.org/debian trixie main\n'
const PROGRAM = 'usr/libexec/docker/cli-plugins/docker-compose'

const run = (program: string, args: readonly string[], cwd: string): void => {
  const { status, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr}`)
}

/** Path of the program; fetched once per machine. */
export const composeProgram = (): string => {
  const place = path.join(tmpdir(), 'longshore-bench-compose')
  const program = path.join(place, PROGRAM)
  if (existsSync(program)) return program
  for (const folder of ['lists/partial', 'cache/archives/partial'])
    mkdirSync(path.join(place, folder), { recursive: true })
  writeFileSync(path.join(place, 'sources.list'), RELEASE)
  const options = [
    ['Dir::Etc::sourcelist', path.join(place, 'sources.list')],
    ['Dir::Etc::sourceparts', '/dev/null'],
    ['Dir::State::Lists', path.join(place, 'lists')],
    ['Dir::Cache', path.join(place, 'cache')],
  ].flatMap(([name, value]) => ['-o', `${name}=${value}`])
  run('apt-get', [...options, 'update'], place)
  run('apt-get', [...options, 'download', 'docker-compose'], place)
  const file = readdirSync(place).find((name) => name.endsWith('.deb'))
  if (file === undefined) throw new Error('apt-get downloaded no docker-compose')
  run('dpkg', ['-x', file, '.'], place)
  return program
}
