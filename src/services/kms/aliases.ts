/** Aliases: names that callers choose for keys. */
import { isArn, kmsAliasArn } from '../../model/arn.ts'
import { KMS_ALIAS_LENGTH, KMS_ALIASES_PER_KEY } from '../../model/limits.ts'
import type { KmsAliasRecord } from '../../model/kms-records.ts'
import { checkConstraints } from '../constraints.ts'
import type { Demand } from '../operations.ts'
import type { KmsContext } from './context.ts'
import { invalidAliasName, limitExceeded, notFound } from './faults.ts'

/** ARN of an alias that the caller may make or change. Throws `InvalidAliasNameException`. */
export const ownAliasArn = ({ region, account }: KmsContext, name = ''): string => {
  checkConstraints({ aliasName: name }, { aliasName: { min: 1, max: KMS_ALIAS_LENGTH, pattern: /^[a-zA-Z0-9:/_-]+$/ } })
  if (!/^alias\/[a-zA-Z0-9/_-]+$/.test(name))
    throw invalidAliasName('An alias begins with "alias/", and has letters, digits, / _ and - after that.')
  if (name.startsWith('alias/aws/'))
    throw invalidAliasName('Aliases that begin with alias/aws/ are reserved for AWS use.')
  return kmsAliasArn(region, account, name)
}

export const requireAlias = (context: KmsContext, name: string | undefined): KmsAliasRecord => {
  const arn = ownAliasArn(context, name)
  const alias = context.tx.kmsAliases.get(arn)
  if (alias === undefined) throw notFound(`Alias ${arn} is not found.`)
  return alias
}

export const checkAliasCount = ({ tx }: KmsContext, keyId: string): void => {
  if (tx.kmsAliases.findSize('byKey', keyId) >= KMS_ALIASES_PER_KEY)
    throw limitExceeded(`A key can have at most ${KMS_ALIASES_PER_KEY} aliases.`)
}

/** The operation's action on the alias itself, which has no policy. */
export const demandOnAlias = ({ region, account }: KmsContext, name = ''): Demand => ({
  resource: isArn(name) ? name : kmsAliasArn(region, account, name),
})
