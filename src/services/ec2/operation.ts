/** How EC2 declares its operations: the default VPC is there before any of them, and each can be tried without being done. */
import { ec2Id } from '../../model/arn.ts'
import { ensureDefaultVpc } from '../../store/ec2/default-vpc.ts'
import type { NewEc2Id } from '../../store/ec2/new-vpc.ts'
import type { Lazy } from '../../wire/described.ts'
import type { Ec2Context, Ec2Operation } from './context.ts'
import { dryRunOperation, ec2Fault } from './faults.ts'

interface CanBeTried {
  readonly DryRun?: boolean | undefined
}

type Declared<Input, Output extends object> = Pick<Ec2Operation<Input, Output>, 'access' | 'handle'>

/** AWS: with `DryRun` it says what would happen. The transaction that did it is given up then. */
export const ec2Operation = <Input extends object, Output extends object = object>({
  access,
  handle,
}: Declared<Input, Output>): Ec2Operation<Input, Output> => ({
  access,
  handle: (input: Input & CanBeTried, context): Lazy<Output> => {
    ensureDefaultVpc(context.tx, context)
    const output = handle(input, context)
    if (input.DryRun === true) throw dryRunOperation()
    return output
  },
})

/** An operation that is done once for each client token. */
export const tokenOperation = <Input extends { ClientToken?: string | undefined }, Output extends object = object>(
  declared: Declared<Input, Output>,
): Ec2Operation<Input, Output> => ({
  ...ec2Operation(declared),
  clientToken: {
    of: ({ ClientToken }) => ClientToken,
    scope: () => '',
    conflict: () => ec2Fault('IdempotentParameterMismatch', 'The client token was used before with other parameters.'),
  },
})

/** New ids of chance. */
export const newIds =
  ({ ids }: Pick<Ec2Context, 'ids'>): NewEc2Id =>
  (prefix) =>
    ec2Id(prefix, ids.hex32())
