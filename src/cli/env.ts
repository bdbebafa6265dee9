/** `longshore env`: the variables that point the AWS CLI, SDKs and Terraform at a running Longshore. For `eval "$(longshore env)"`. */
import process from 'node:process'
import { command } from '../kit/command.ts'
import { clientCredentials, dataDirOption, requireNote } from './options.ts'

export const envCommand = command({
  name: 'env',
  summary: 'print the variables that point AWS tools at it',
  details: `Use it as: eval "$(longshore env)"`,
  options: dataDirOption,
  run: async ({ 'data-dir': dataDir }) => {
    const note = requireNote(dataDir)
    const { accessKeyId, secretAccessKey } = clientCredentials(dataDir, note)
    const variables = {
      AWS_ENDPOINT_URL: note.endpoint,
      AWS_REGION: note.region,
      AWS_DEFAULT_REGION: note.region,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    }
    for (const [name, value] of Object.entries(variables)) process.stdout.write(`export ${name}=${value}\n`)
    return 0
  },
})
