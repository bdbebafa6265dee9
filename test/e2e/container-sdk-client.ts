/** What runs inside containers of tests, by the Node of the host: AWS's own SDK with nothing but an endpoint. Prints who it is. */
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'

const sts = new STSClient({ endpoint: process.env['LONGSHORE_ENDPOINT'] ?? '' })
const { Arn = '' } = await sts.send(new GetCallerIdentityCommand({}))
process.stdout.write(Arn)
