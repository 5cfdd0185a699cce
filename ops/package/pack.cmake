# CPack has staged what install() says; the rest is Debian's own tools' work.
execute_process(COMMAND ${CMAKE_CURRENT_LIST_DIR}/pack ${CPACK_TEMPORARY_DIRECTORY} ${CPACK_PACKAGE_DIRECTORY}
                COMMAND_ERROR_IS_FATAL ANY)
