import { describe, expect, it } from 'vitest'
import { splitCommand } from './command-line.ts'

describe('the command line of a session', () => {
  it.each([
    ['/bin/sh', ['/bin/sh']],
    ['  ls   -l\t/ ', ['ls', '-l', '/']],
    [`sh -c 'ls | wc'`, ['sh', '-c', 'ls | wc']],
    [`echo "a \\"b\\" c" d\\ e`, ['echo', 'a "b" c', 'd e']],
    [`echo 'it'\\''s'`, ['echo', "it's"]],
    [`echo 'a\\b' "" x''y`, ['echo', 'a\\b', '', 'xy']],
    ['ls # all of it\n/', ['ls', '/']],
    ['echo a#b $HOME *', ['echo', 'a#b', '$HOME', '*']],
  ])('%s', (line, words) => expect(splitCommand(line)).toEqual(words))

  it.each(['', '   ', '# nothing', `echo 'open`, 'echo "open', 'echo \\'])('refuses %j', (line) =>
    expect(() => splitCommand(line)).toThrow(/\.$/),
  )
})
