// What the page can do, by name: the studio registers its actions, the command palette lists them.

/**
 * `keys` are names as in keys.js (`Ctrl+Enter`); `enabled` says whether it would do something now.
 * @typedef {{id: string, title: string, keys?: string[], run: () => void, enabled?: () => boolean}} Command
 */

export class Commands {
  /** @type {Map<string, Command>} */ #known = new Map()

  /** Add a command, or put it in the place of one with the same id. @param {Command} command @returns {() => void} what takes it away again */
  register(command) {
    this.#known.set(command.id, command)
    return () => {
      if (this.#known.get(command.id) === command) this.#known.delete(command.id)
    }
  }

  /** All commands in the order they were registered in. @returns {Command[]} */
  all() {
    return [...this.#known.values()]
  }

  /** Run one by its id; whether there was one that could. @param {string} id */
  run(id) {
    const command = this.#known.get(id)
    if (!command || command.enabled?.() === false) return false
    command.run()
    return true
  }
}

/** Those of this page. */
export const commands = new Commands()
