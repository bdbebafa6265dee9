/** The name that an account may have beside its number; it stands in the settings. */
import type { IamContext } from './context.ts'

const PREFIX = 'accountAlias/'

/** The setting's name. */
export const aliasSetting = (account: string): string => PREFIX + account

export const getAlias = ({ tx, account }: IamContext): string | undefined =>
  tx.settings.get(aliasSetting(account))?.value

/** Whether any account has the alias. */
export const isAliasTaken = ({ tx }: IamContext, alias: string): boolean =>
  [...tx.settings.rows()].some(({ name, value }) => name.startsWith(PREFIX) && value === alias)
