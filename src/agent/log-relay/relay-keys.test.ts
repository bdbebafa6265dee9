import { expect, it } from 'vitest'
import { containerOf, RelayKeys } from './relay-keys.ts'

const WEB = { taskId: '0123', containerName: 'web-1_a' }

it('a key says whose it is, and is another for every container and every agent', () => {
  const [mine, other] = [new RelayKeys('a'), new RelayKeys('b')]
  expect(containerOf(mine.keyOf(WEB).accessKeyId)).toEqual(WEB)
  expect(mine.keyOf(WEB)).toEqual(mine.keyOf(WEB))
  const secrets = [mine.keyOf(WEB), mine.keyOf({ ...WEB, containerName: 'db' }), other.keyOf(WEB)]
  expect(new Set(secrets.map(({ secretAccessKey }) => secretAccessKey)).size).toBe(3)
})

it.each(['AKIAEXAMPLE', 'longshore.0123', 'longshore..web', 'longshore.a.b.c'])('%s is no key', (accessKeyId) =>
  expect(containerOf(accessKeyId)).toBeUndefined(),
)

it('a key is found at a path that nobody guesses', () => {
  const keys = new RelayKeys('a')
  const path = keys.pathOf(WEB)
  expect(keys.containerAt(path)).toEqual(WEB)
  expect(keys.containerAt('/v2/credentials/x')).toBeUndefined()
  const guesses = [path.slice(0, -1), `${path}0`, path.replace('web-1_a', 'db'), new RelayKeys('b').pathOf(WEB)]
  expect(guesses.map((guess) => keys.containerAt(guess))).toEqual(guesses.map(() => 'unknown'))
})
