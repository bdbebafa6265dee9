/** What is gathered while a configuration is rendered, beside the lines of the section at hand. */
import path from 'node:path'
import type { HostSettings } from './settings.ts'

export class Sink {
  readonly files = new Map<string, string>()
  readonly sections: string[] = []
  readonly problems = new Map<string, string>()
  readonly #directory: string

  constructor({ directory }: HostSettings) {
    this.#directory = directory
  }

  /** Puts a file below the directory, and says its absolute path. */
  addFile(name: string, content: string): string {
    this.files.set(name, content)
    return path.posix.join(this.#directory, name)
  }

  addSection(title: string, lines: readonly string[]): void {
    this.sections.push(sectionText(title, lines))
  }

  /** The first one of a load balancer stays. */
  addProblem(loadBalancerArn: string, problem: string): void {
    if (!this.problems.has(loadBalancerArn)) this.problems.set(loadBalancerArn, problem)
  }
}

export const sectionText = (title: string, lines: readonly string[]): string =>
  `${title}\n${lines.map((line) => `  ${line}\n`).join('')}`
