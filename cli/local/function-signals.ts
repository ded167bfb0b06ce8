/* How the process of a function tells the process that started it how its start went. */

/** The message that it serves. */
export const servesMessage = 'serves';

/** The exit code if another process has taken its port meanwhile. */
export const portTakenCode = 48;
