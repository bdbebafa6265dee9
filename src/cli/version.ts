/** `longshore version`. */
import { command } from '../kit/command.ts'
import { version } from '../kit/version.ts'

export const versionCommand = command({
  name: 'version',
  summary: 'print the version',
  options: {},
  run: async () => {
    process.stdout.write(`${version()}\n`)
    return 0
  },
})
