/** `longshore env`: the variables that point the AWS CLI, SDKs and Terraform at a running Longshore. For `eval "$(longshore env)"`. */
import { command } from '../kit/command.ts'
import { clientCredentials, dataDirOption, requireNote } from './options.ts'

/** What the user's shell may hold that would win over the variables below or be sent along with them. */
const IN_THE_WAY = [
  'AWS_PROFILE',
  'AWS_DEFAULT_PROFILE',
  'AWS_SESSION_TOKEN',
  'AWS_ENDPOINT_URL_ECS',
  'AWS_ENDPOINT_URL_STS',
]

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
      // The AWS CLI and boto3 read the one, SDKs for JavaScript the other.
      ...(note.authorityFile && { AWS_CA_BUNDLE: note.authorityFile, NODE_EXTRA_CA_CERTS: note.authorityFile }),
    }
    const present = IN_THE_WAY.filter((name) => process.env[name])
    const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${value}\n`)
    process.stdout.write([...lines, ...present.map((name) => `unset ${name}\n`)].join(''))
    return 0
  },
})
